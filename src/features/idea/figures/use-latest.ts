import { useEffect, useState } from 'react';

/** What is being computed, once it is there; until then what was computed before. `make` must be memoised. */
export function useLatest<T>(make: () => Promise<T>): T | undefined {
  const [latest, setLatest] = useState<T>();
  useEffect(() => {
    let wanted = true;
    void make().then((result) => {
      if (wanted) setLatest(() => result);
    });
    return () => {
      wanted = false;
    };
  }, [make]);
  return latest;
}
