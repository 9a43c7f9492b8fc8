import { useRef, useState, type RefObject } from 'react';

/** Records a canvas as a WebM video. */
export function useRecording(canvas: RefObject<HTMLCanvasElement | null>, onVideo: (video: Blob) => void) {
  const recorder = useRef<MediaRecorder>(undefined);
  const [isRecording, setRecording] = useState(false);
  const start = (): void => {
    if (canvas.current === null) return;
    const parts: Blob[] = [];
    const made = new MediaRecorder(canvas.current.captureStream());
    made.addEventListener('dataavailable', ({ data }) => parts.push(data));
    made.addEventListener('stop', () => {
      setRecording(false);
      onVideo(new Blob(parts, { type: made.mimeType }));
    });
    made.start();
    recorder.current = made;
    setRecording(true);
  };
  return { isRecording, start, stop: () => recorder.current?.stop() };
}

/** Gives a file to the person. */
export function download(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
