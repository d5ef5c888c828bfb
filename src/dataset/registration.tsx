import type { ReactElement, ReactNode } from 'react';

import type { Dataset } from '../api/models';
import { useSidebar } from '../browser/context';
import { formatAbsolute, formatRelative } from '../browser/format';

/** Fields of a store's record that are shown here, and not among the rest. */
export const TOLD: ReadonlySet<string> = new Set([
  'type',
  'registrator',
  'modifier',
  'tags'
]);

/** Who put something into a store, and when; who changed it last. */
export function Registration({
  dataset
}: {
  readonly dataset: Dataset;
}): ReactElement {
  const { trans } = useSidebar().hub;
  const { extra, identifier, published, revised } = dataset;
  const text = (name: string): string =>
    typeof extra[name] === 'string' ? extra[name] : '';
  const tags = Array.isArray(extra.tags) ? extra.tags.map(String) : [];
  const changed = revised && revised !== published;
  return (
    <>
      <h2>{trans.__('Registration')}</h2>
      <dl className="jp-DataHub-facts">
        <Line title={trans.__('Type')}>{text('type')}</Line>
        <Line title={trans.__('Identifier in the store')}>
          {identifier && <code>{identifier}</code>}
        </Line>
        <Line title={trans.__('Registered')}>
          {published && <When iso={published} who={text('registrator')} />}
        </Line>
        <Line title={trans.__('Changed')}>
          {changed && <When iso={revised} who={text('modifier')} />}
        </Line>
        <Line title={trans.__('Tags')}>{tags.join(', ')}</Line>
      </dl>
    </>
  );
}

function When({
  iso,
  who
}: {
  readonly iso: string;
  readonly who: string;
}): ReactElement {
  const { trans } = useSidebar().hub;
  const when = (
    <time dateTime={iso} title={formatAbsolute(iso)}>
      {formatRelative(iso)}
    </time>
  );
  return (
    <>
      {when}
      {who && ` ${trans.__('by %1', who)}`}
    </>
  );
}

function Line({
  title,
  children
}: {
  readonly title: string;
  readonly children: ReactNode;
}): ReactElement | null {
  return children ? (
    <div>
      <dt>{title}</dt>
      <dd>{children}</dd>
    </div>
  ) : null;
}
