import type { InputReference } from 'latentbrush/studio';

/** Adds the longest side that a smaller picture should have. */
function sized(address: string, size: number | undefined): string {
  return size === undefined ? address : `${address}?size=${size}`;
}

/** Where a file of a job is. @param size longest side of a smaller picture of it, in pixels (16 to 2048) */
export function fileAddress(job: string, file: string, size?: number): string {
  const path = file.split('/').map(encodeURIComponent).join('/');
  return sized(`/api/jobs/${encodeURIComponent(job)}/files/${path}`, size);
}

/** Where a picture that comes with the package is. */
export function exampleAddress(name: string, size?: number): string {
  return sized(`/api/examples/${encodeURIComponent(name)}`, size);
}

/** Where a picture is that an input names; undefined for runs and data sets. */
export function pictureAddress(reference: InputReference, size?: number): string | undefined {
  if ('example' in reference) return exampleAddress(reference.example, size);
  if ('upload' in reference) return sized(`/api/uploads/${reference.upload}`, size);
  if ('job' in reference) return fileAddress(reference.job, reference.file, size);
  return undefined;
}
