import { useSyncExternalStore } from 'react';
import { useService } from '../../../kit/app-context';
import { type FilmPictures, filmPictures } from '../../../kit/services';

/** The film of the active column, kept up to date while it is drawn. */
export function useFilm(): FilmPictures {
  const film = useService(filmPictures);
  useSyncExternalStore(
    (listener) => film.subscribe(listener),
    () => film.version,
  );
  return film;
}
