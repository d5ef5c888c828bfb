import { useState, type ReactElement } from 'react';

import type { Dataset, Story } from '../api/models';
import { useSidebar } from '../browser/context';
import { formatInteger } from '../browser/format';
import { ExternalLink, isWebUrl } from './link';
import { storyKind, storyKindSentence } from './storyWords';
import { Thumbnail } from './thumbnail';

/** Stories that show before the others are asked for. */
export const FIRST = 12;

/** What can be looked at in the browser: pictures of a study with a text, each in a new tab. */
export function Stories({
  dataset
}: {
  readonly dataset: Dataset;
}): ReactElement | null {
  const { trans } = useSidebar().hub;
  const [all, setAll] = useState(false);
  const { stories } = dataset;
  if (stories.length === 0) {
    return null;
  }
  const shown = all ? stories : stories.slice(0, FIRST);
  return (
    <section>
      <h2>{trans.__('Stories')}</h2>
      <ul className="jp-DataHub-stories" aria-label={trans.__('Stories')}>
        {shown.map(story => (
          <Card key={story.id} story={story} />
        ))}
      </ul>
      {shown.length < stories.length && (
        <button
          type="button"
          className="jp-DataHub-link"
          onClick={() => setAll(true)}
        >
          {trans.__('Show all %1 stories', formatInteger(stories.length))}
        </button>
      )}
    </section>
  );
}

function Card({ story }: { readonly story: Story }): ReactElement {
  const { trans } = useSidebar().hub;
  const { date, kind, title, url } = story;
  const face = (
    <>
      <Thumbnail picture={story.picture} title={title} />
      <span className="jp-DataHub-storyTitle">{title}</span>
    </>
  );
  const words = [storyKind(kind, trans), date.slice(0, 10)].filter(Boolean);
  return (
    <li className="jp-DataHub-story">
      {isWebUrl(url) ? (
        <ExternalLink url={url} className="jp-DataHub-storyFace">
          {face}
        </ExternalLink>
      ) : (
        <div className="jp-DataHub-storyFace">{face}</div>
      )}
      <p
        className="jp-DataHub-storyFoot"
        title={storyKindSentence(kind, trans) || undefined}
      >
        {words.join(' · ') || trans.__('Kind not known')}
        {!isWebUrl(url) && (
          <span> · {trans.__('the atlas has no address of it')}</span>
        )}
      </p>
    </li>
  );
}
