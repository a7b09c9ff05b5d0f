import { useWords } from '../kit/app-context';
import { Boundary } from '../kit/Boundary';
import { Toolbar } from '../kit/Toolbar';
import { commonWords } from '../kit/words/words';
import { Badge } from './Badge';
import { MoreMenu } from './MoreMenu';
import { Places } from './Places';
import { ShareMenu } from './ShareMenu';
import { UndoRedo } from './UndoRedo';
import { appWords } from './words';

/** Title, places and tools, in one line. */
export function Header() {
  const { title } = useWords(commonWords);
  const words = useWords(appWords);
  return (
    <header className="top">
      <div className="title">
        <h1>{title}</h1>
        <p>{words.tagline}</p>
      </div>
      <Boundary>
        <Places />
      </Boundary>
      <Toolbar label={words.tools}>
        <Boundary>
          <Badge />
        </Boundary>
        <Boundary>
          <UndoRedo />
        </Boundary>
        <Boundary>
          <ShareMenu />
        </Boundary>
        <Boundary>
          <MoreMenu />
        </Boundary>
      </Toolbar>
    </header>
  );
}
