import type { FilmPictures, FilmTake } from '../../kit/services';
import type { Store } from '../../settings/store';
import { columnJobs } from './column-jobs';
import type { Film } from './film';

/** The film of the column that is active, whichever that is. */
export function filmOfActive(store: Store, film: Film): FilmPictures {
  const settings = () => columnJobs(store.getState())[0]?.settings;
  const takes = (): readonly FilmTake[] => {
    const active = settings();
    return active ? film.takes(active) : [];
  };
  const studentTakes = () => {
    const active = settings();
    if (!active) return [];
    const drawn = new Set(takes().map(({ scale }) => scale));
    return film.studentTakes(active).filter(({ scale }) => !drawn.has(scale));
  };
  return {
    takes,
    studentTakes,
    pickedTakes() {
      const active = settings();
      if (!active) return [];
      const { picked } = store.getState().settings;
      const sample = Math.min(picked, active.seeds.length - 1);
      // The last of a scale counts. Where all samples are there, the picked one is among them.
      const byStudent = [...film.studentTakesOf(active, sample), ...film.studentTakes(active)];
      const all = [...byStudent, ...film.takesOf(active, sample), ...takes()];
      return [...new Map(all.map((take) => [take.scale, take])).values()];
    },
    get version() {
      return film.version;
    },
    subscribe: (listener) => film.subscribe(listener),
  };
}
