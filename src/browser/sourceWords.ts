import type { TranslationBundle } from '@jupyterlab/translation';

import type { SourceStatus } from '../api/models';
import { formatInteger, formatRelative } from './format';

/** The state of a Source in one line. */
export function sourceWords(
  source: SourceStatus,
  trans: TranslationBundle
): string {
  const when = formatRelative(source.harvested);
  const have = trans._n(
    '%2 dataset',
    '%2 datasets',
    source.datasets,
    formatInteger(source.datasets)
  );
  const parts: { [state in SourceStatus['state']]: string[] } = {
    ready: [have, when && trans.__('fetched %1', when)],
    refreshing: [
      source.progress || trans.__('fetching the catalog'),
      source.datasets ? have : ''
    ],
    stale: [have, when && trans.__('fetched %1, due for a refresh', when)],
    offline: [
      trans.__('cannot be reached'),
      source.datasets ? trans.__('showing the catalog of %1', when) : ''
    ],
    empty: [trans.__('no datasets yet')],
    error: [
      source.error?.message ?? trans.__('its catalog could not be read'),
      source.datasets ? trans.__('showing the catalog of %1', when) : ''
    ]
  };
  const words = parts[source.state].filter(part => part).join(' · ');
  return `${sourceTitle(source)}: ${words}`;
}

export function sourceTitle(source: SourceStatus): string {
  return source.title || source.name;
}

/** Whether the user should know about a Source before trusting its part of the results. */
export function hasProblem(source: SourceStatus): boolean {
  return source.state === 'offline' || source.state === 'error';
}
