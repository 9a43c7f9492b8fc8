import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './design/tokens.css';
import './design/base.css';
import './design/components.css';
import { startTheme } from './design/theme.ts';
import { PublishedPage } from './published/published-page.tsx';
import { readSite } from './published/site.ts';
import { startWords } from './words/index.ts';

startTheme();
await startWords();
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <PublishedPage site={readSite()} />
  </StrictMode>,
);
