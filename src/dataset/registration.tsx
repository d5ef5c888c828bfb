import type { ReactElement } from 'react';

import type { Dataset } from '../api/models';
import { useSidebar } from '../browser/context';
import { formatAbsolute, formatRelative } from '../browser/format';
import { Fact } from './Fact';

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
  const { entity, extra, identifier, published, revised } = dataset;
  const text = (name: string): string =>
    typeof extra[name] === 'string' ? extra[name] : '';
  const tags = Array.isArray(extra.tags) ? extra.tags.map(String) : [];
  const changed = revised && revised !== published;
  return (
    <>
      <h2>{trans.__('Registration')}</h2>
      <dl className="jp-DataHub-facts">
        {!entity && (
          <Fact title={trans.__('Code')}>
            <code>{identifier}</code>
          </Fact>
        )}
        <Fact title={trans.__('Registered')}>
          {published && <When iso={published} who={text('registrator')} />}
        </Fact>
        <Fact title={trans.__('Changed')}>
          {changed && <When iso={revised} who={text('modifier')} />}
        </Fact>
        <Fact title={trans.__('Tags')}>{tags.join(', ')}</Fact>
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
