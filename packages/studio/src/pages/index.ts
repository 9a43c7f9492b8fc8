import { lazy, type ComponentType } from 'react';
import type { WordKey } from '../words/index.ts';

/** A page for the navigation and the router. */
export interface Page {
  /** `/` or below `/go/`: for these the server answers with the page. */
  readonly path: string;
  /** The text of its link; a page without one is reached from others. */
  readonly title?: WordKey;
  readonly component: ComponentType;
}

/** Pages, in the order of the navigation. Each is loaded when it is first opened. */
export const pages: readonly Page[] = [
  {
    path: '/',
    title: 'page.start',
    component: lazy(async () => ({ default: (await import('./start/start-page.tsx')).StartPage })),
  },
  {
    path: '/go/dream',
    title: 'page.dream',
    component: lazy(async () => ({ default: (await import('./dream/dream-page.tsx')).DreamPage })),
  },
  {
    path: '/go/style',
    title: 'page.style',
    component: lazy(async () => ({ default: (await import('./style/style-page.tsx')).StylePage })),
  },
  {
    path: '/go/fast-style',
    component: lazy(async () => ({ default: (await import('./style/fast-style-page.tsx')).FastStylePage })),
  },
  {
    path: '/go/train',
    title: 'page.train',
    component: lazy(async () => ({ default: (await import('./train/train-page.tsx')).TrainPage })),
  },
  {
    path: '/go/explore',
    title: 'page.explore',
    component: lazy(async () => ({ default: (await import('./explore/explore-page.tsx')).ExplorePage })),
  },
  {
    path: '/go/write',
    title: 'page.write',
    component: lazy(async () => ({ default: (await import('./write/write-page.tsx')).WritePage })),
  },
  {
    path: '/go/live',
    title: 'page.live',
    component: lazy(async () => ({ default: (await import('./live/live-page.tsx')).LivePage })),
  },
  {
    path: '/go/gallery',
    title: 'page.gallery',
    component: lazy(async () => ({ default: (await import('./gallery/gallery-page.tsx')).GalleryPage })),
  },
];
