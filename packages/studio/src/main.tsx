import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import './design/tokens.css';
import './design/base.css';
import './design/components.css';
import { startTheme } from './design/theme.ts';
import { startWords } from './words/index.ts';
import { loadProgramWords } from './words/program/index.ts';

startTheme();
await startWords(loadProgramWords);
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
