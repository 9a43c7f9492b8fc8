import { useCallback, useEffect, useRef, useState } from 'react';
import { useRunSource } from '../../api/run-source.ts';
import type { WordKey } from '../../words/index.ts';

/** Something that can be drawn on a canvas, now. */
export interface PictureSource {
  readonly kind: 'example' | 'picture' | 'video' | 'camera';
  readonly element: HTMLImageElement | HTMLVideoElement;
}

/** The painted source: an example at first, then a picture, a video or the camera. */
export function usePictureSource() {
  const { example } = useRunSource();
  const [source, setSource] = useState<PictureSource>();
  const [problem, setProblem] = useState<WordKey>();
  const clear = useRef<() => void>(() => undefined);

  /** Closes the previous source. @param end ends this one */
  const become = useCallback((next: PictureSource, end: () => void) => {
    clear.current();
    clear.current = end;
    setProblem(undefined);
    setSource(next);
  }, []);
  useEffect(
    () => () => {
      clear.current();
    },
    [],
  );

  const fail = (error: unknown): void => setProblem(reasonOf(error));
  const showPicture = useCallback(
    async (address: string, kind: 'example' | 'picture', end: () => void) => {
      const element = new Image();
      element.src = address;
      await element.decode();
      become({ kind, element }, end);
    },
    [become],
  );
  useEffect(() => {
    showPicture(example, 'example', () => undefined).catch(fail);
  }, [example, showPicture]);

  /** A picture or a video of the person. It stays in the page. */
  const openFile = async (file: File): Promise<void> => {
    const address = URL.createObjectURL(file);
    const end = (): void => URL.revokeObjectURL(address);
    try {
      if (!file.type.startsWith('video/')) {
        await showPicture(address, 'picture', end);
        return;
      }
      const element = document.createElement('video');
      Object.assign(element, { src: address, muted: true, loop: true, playsInline: true });
      await element.play();
      become({ kind: 'video', element }, () => {
        element.pause();
        end();
      });
    } catch (error) {
      end();
      fail(error);
    }
  };

  /** The pictures of the camera. They stay in the page. */
  const openCamera = async (): Promise<void> => {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 480 } });
      const element = document.createElement('video');
      Object.assign(element, { srcObject: stream, muted: true, playsInline: true });
      await element.play();
      become({ kind: 'camera', element }, () => {
        for (const track of stream.getTracks()) track.stop();
      });
    } catch (error) {
      fail(error);
    }
  };
  return { source, problem, openFile, openCamera };
}

/** Draws the middle of a picture as a square. */
export function drawSquare(context: CanvasRenderingContext2D, { element, kind }: PictureSource): void {
  const { width: size } = context.canvas;
  const isVideo = element instanceof HTMLVideoElement;
  const width = isVideo ? element.videoWidth : element.naturalWidth;
  const height = isVideo ? element.videoHeight : element.naturalHeight;
  const side = Math.min(width, height);
  context.save();
  if (kind === 'camera') {
    context.translate(size, 0); // as a mirror
    context.scale(-1, 1);
  }
  context.drawImage(element, (width - side) / 2, (height - side) / 2, side, side, 0, 0, size, size);
  context.restore();
}

/** What is wrong with a source, in the words of the page: those of the browser are English. */
function reasonOf(error: unknown): WordKey {
  const name = error instanceof Error ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'easel.denied';
  return name === 'NotFoundError' || name === 'NotReadableError' || error instanceof TypeError
    ? 'easel.noCamera'
    : 'easel.unreadable';
}
