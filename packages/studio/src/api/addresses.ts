import type { InputReference } from 'latentbrush/studio';

/** Adds the longest side of a smaller picture. */
function sized(address: string, size: number | undefined): string {
  return size === undefined ? address : `${address}?size=${size}`;
}

/** The address of a job's file. @param size longest side of a smaller picture of it, in pixels (16 to 2048) */
export function fileAddress(job: string, file: string, size?: number): string {
  const path = file.split('/').map(encodeURIComponent).join('/');
  return sized(`/api/jobs/${encodeURIComponent(job)}/files/${path}`, size);
}

/** The address of a picture of the package. */
function exampleAddress(name: string, size?: number): string {
  return sized(`/api/examples/${encodeURIComponent(name)}`, size);
}

/** The address of an input's picture; undefined for runs and data sets. */
export function pictureAddress(reference: InputReference, size?: number): string | undefined {
  if ('example' in reference) return exampleAddress(reference.example, size);
  if ('upload' in reference) return sized(`/api/uploads/${reference.upload}`, size);
  if ('job' in reference) return fileAddress(reference.job, reference.file, size);
  return undefined;
}
