// The public exports of the studio: `latentbrush/studio`. Its page imports only types from here.
export { startStudio, type Studio, type StudioOptions } from './server/start.ts';
export type { StudioApp } from './server/app.ts';
export type { JobForm } from './server/job-forms.ts';
export type { LearnedConcept } from './models/concepts.ts';
export type { LatentMap } from './models/latent-map.ts';
export type { ModelFacts, OtherModel, PictureModel, StyleModel, TextModel } from './models/model-facts.ts';
export type { Estimate, EstimateAnswer } from './queue/estimates.ts';
export type { JobFailure } from './queue/worker-messages.ts';
export { storeDoneJob } from './queue/folder-queue.ts';
export { publish, type Published, type PublishOptions } from './publish/publish.ts';
export { siteOptions, type PublishedSite } from './publish/site.ts';
export type { InputReference } from './server/job-inputs.ts';
export type { Collection } from './server/collections.ts';
export type { ContactSheet } from './server/contact-sheet.ts';
export type { TrainingClock } from './server/training-clock.ts';
export type { TrainingCurve } from './server/training-curves.ts';
export type { RecipePictures } from './server/recipe-pictures.ts';
export type { Upload } from './server/uploads.ts';
export type {
  ArtefactFormat,
  JobQueue,
  JobState,
  NumberedEvent,
  QueuedJob,
  QueueRequest,
  StoredEvent,
  StoredWords,
} from './queue/job-queue.ts';
