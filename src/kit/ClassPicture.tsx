import { modelFileUrl } from '../networks/addresses';
import { useApp, useAppState } from './app-context';

/** A class's picture, drawn earlier by the network itself (`npm run class-pictures`); nothing where it has none. */
export function ClassPicture({ name }: { name: string }) {
  const { modelsUrl } = useApp();
  const manifest = useAppState(({ engine }) =>
    engine.status === 'ready' ? engine.manifest : undefined,
  );
  const pictures = manifest?.classPictures;
  const at = manifest?.classes.indexOf(name) ?? -1;
  if (!pictures || at < 0) return null;
  const address = modelFileUrl(`${manifest.id}/${pictures.file}`, modelsUrl).href;
  const rows = Math.ceil(manifest.classes.length / pictures.across);
  // As a share of what the sheet is larger than one picture.
  const place = (index: number, count: number) => `${(100 * index) / Math.max(1, count - 1)}%`;
  return (
    <span
      className="class-picture"
      aria-hidden="true"
      style={{
        backgroundImage: `url(${address})`,
        backgroundSize: `${100 * pictures.across}% ${100 * rows}%`,
        backgroundPosition: `${place(at % pictures.across, pictures.across)} ${place(Math.floor(at / pictures.across), rows)}`,
      }}
    />
  );
}
