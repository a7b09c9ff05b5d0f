import { useState } from 'react';
import { useApp, useWords } from '../kit/app-context';
import { Slot } from '../kit/Slot';
import { sharedLink } from '../settings/address';
import { ShareIcon } from './icons';
import { Menu } from './Menu';
import { appWords } from './words';

/** The link to the page as it is, and what the features make of it to take away. */
export function ShareMenu() {
  const { share } = useWords(appWords);
  /** What is being made, in place of the menu's name. */
  const [progress, setProgress] = useState<string>();
  const [link, setLink] = useState<CopiedLink>();
  return (
    <Menu
      name="share-menu"
      title={share.title}
      onOpen={() => setLink(undefined)}
      label={
        <>
          <ShareIcon />
          <span className={progress ? 'progress' : 'name'}>{progress ?? share.title}</span>
        </>
      }
    >
      {(close) => (
        <>
          <CopyLink link={link} onCopy={setLink} />
          <Slot name="share" close={close} setProgress={setProgress} />
        </>
      )}
    </Menu>
  );
}

interface CopiedLink {
  readonly address: string;
  /** Pages that are neither https nor localhost have no clipboard, and the visitor may refuse. */
  readonly copied: boolean;
}

interface CopyLinkProps {
  readonly link: CopiedLink | undefined;
  onCopy(link: CopiedLink): void;
}

function CopyLink({ link, onCopy }: CopyLinkProps) {
  const { store, defaults, opened } = useApp();
  const { share } = useWords(appWords);
  return (
    <>
      <button
        type="button"
        onClick={async () => {
          const address = sharedLink(store.getState(), defaults, opened);
          const copied = await navigator.clipboard?.writeText(address).then(
            () => true,
            () => false,
          );
          onCopy({ address, copied: copied ?? false });
        }}
      >
        {share.copyLink}
      </button>
      <div className="hint" aria-live="polite">
        {!link && share.copyHint}
        {link?.copied && share.copied}
        {link && !link.copied && (
          <>
            {share.notCopied}
            <input type="text" readOnly value={link.address} aria-label={share.link} />
          </>
        )}
      </div>
    </>
  );
}
