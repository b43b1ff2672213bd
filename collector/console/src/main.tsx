import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.js';
import './styles/base.css';
import './styles/door.css';
import './styles/sites.css';
import './styles/events.css';
import './styles/panels.css';
import './styles/access.css';
import './styles/remote.css';

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
