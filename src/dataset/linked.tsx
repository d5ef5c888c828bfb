import type { ReactElement } from 'react';

import { ExternalLink } from './link';

const LINKS =
  /https?:\/\/[^\s<>"]*[^\s<>".,;:!?)]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g;

/** A text in which addresses of the web and of people are links. */
export function Linked({ text }: { readonly text: string }): ReactElement {
  const parts: (string | ReactElement)[] = [];
  let end = 0;
  for (const match of text.matchAll(LINKS)) {
    const [found] = match;
    parts.push(text.slice(end, match.index));
    end = match.index + found.length;
    parts.push(
      /^https?:/.test(found) ? (
        <ExternalLink key={match.index} url={found}>
          {found}
        </ExternalLink>
      ) : (
        <a key={match.index} href={'mailto:' + found}>
          {found}
        </a>
      )
    );
  }
  parts.push(text.slice(end));
  return <>{parts}</>;
}
