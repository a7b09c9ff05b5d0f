import './app/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { AppView } from './app/AppView';
import { createApp } from './app/create-app';
import { FEATURES } from './app/features';
import { AppContext } from './kit/app-context';

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <AppContext.Provider value={createApp(FEATURES)}>
      <AppView />
    </AppContext.Provider>
  </StrictMode>,
);
