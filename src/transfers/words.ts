import type { TranslationBundle } from '@jupyterlab/translation';

import type { Transfer } from '../api/models';
import {
  formatBytes,
  formatDuration,
  formatInteger,
  formatPercent,
  formatRate,
  formatRelative
} from '../browser/format';
import { formatUsd } from '../consent/usd';
import { fraction, waitsForConnection, waitsForConsent } from './states';

/** How the files of a group stand: "3 of 4 files · 1 failed"; empty for a single file. */
function groupWords({ group }: Transfer, trans: TranslationBundle): string {
  if (!group) {
    return '';
  }
  const { total, done, failed } = group;
  return [
    total === null
      ? trans._n('%2 file', '%2 files', done, formatInteger(done))
      : trans._n(
          '%2 of %3 file',
          '%2 of %3 files',
          total,
          formatInteger(done),
          formatInteger(total)
        ),
    failed > 0 ? trans.__('%1 failed', formatInteger(failed)) : ''
  ]
    .filter(Boolean)
    .join(' · ');
}

/** How the note begins that tells how far the conversion of a file is. */
const CONVERTING = 'converting';

/** Where a transfer stands, in one line. */
export function stateWords(
  transfer: Transfer,
  trans: TranslationBundle
): string {
  const { state, done, size, updated, note } = transfer;
  const part = fraction(transfer);
  const upload = transfer.direction === 'upload';
  const amount =
    size === null
      ? formatBytes(done)
      : trans.__('%1 of %2', formatBytes(done), formatBytes(size));
  const words: { [state in Transfer['state']]: string[] } = {
    queued: [trans.__('waiting for its turn'), size ? formatBytes(size) : ''],
    resolving: [
      upload
        ? trans.__('putting the files together')
        : trans.__('asking the host for the file')
    ],
    running: [
      part === null ? '' : formatPercent(part),
      amount,
      transfer.rate > 0 ? formatRate(transfer.rate) : '',
      transfer.remaining === null
        ? ''
        : trans.__('%1 left', formatDuration(transfer.remaining))
    ],
    paused: [
      waitsForConsent(transfer)
        ? trans.__('paused at its limit')
        : trans.__('paused'),
      amount
    ],
    verifying: [
      upload
        ? trans.__('reading it back to compare')
        : note.startsWith(CONVERTING)
          ? trans.__('making it ready to be loaded')
          : trans.__('comparing the checksum'),
      amount
    ],
    done: [
      upload ? trans.__('saved') : trans.__('done'),
      formatBytes(size ?? done),
      formatRelative(updated)
    ],
    failed: [
      waitsForConnection(transfer)
        ? trans.__('waits until you connect again')
        : waitsForConsent(transfer)
          ? trans.__('waits until you set a limit')
          : trans.__('failed'),
      formatRelative(updated)
    ],
    cancelled: [trans.__('cancelled'), formatRelative(updated)]
  };
  return [
    groupWords(transfer, trans),
    ...words[state],
    // A transfer at its limit says so itself.
    waitsForConsent(transfer) ? '' : paidWords(transfer, trans)
  ]
    .filter(part => part)
    .join(' · ');
}

/** What was paid, and of how much: "0.0001 of 0.01 USD spent"; empty where nothing was. */
function paidWords(
  { max_usd, paid_usd }: Transfer,
  trans: TranslationBundle
): string {
  return paid_usd
    ? trans.__('%1 of %2 spent', formatUsd(paid_usd), formatUsd(max_usd ?? 0))
    : '';
}

/** Where a transfer stands, in a word. */
export function shortState(
  transfer: Transfer,
  trans: TranslationBundle
): string {
  const part = fraction(transfer);
  if (transfer.state === 'queued') {
    return trans.__('waiting');
  }
  if (transfer.state === 'paused') {
    return trans.__('paused');
  }
  if (part !== null) {
    return formatPercent(part);
  }
  return transfer.direction === 'upload'
    ? trans.__('saving')
    : trans.__('downloading');
}

/** All that moves, for the title of the section. */
export function queueWords(
  transfers: readonly Transfer[],
  moving: readonly Transfer[],
  trans: TranslationBundle
): string {
  if (moving.length === 0) {
    if (transfers.some(waitsForConnection)) {
      return trans.__('connect again');
    }
    const failed = transfers.filter(({ state }) => state === 'failed').length;
    return failed > 0 ? trans._n('%1 failed', '%1 failed', failed) : '';
  }
  const sized = moving.filter(({ size }) => size !== null);
  const done = sized.reduce((sum, transfer) => sum + transfer.done, 0);
  const size = sized.reduce((sum, transfer) => sum + (transfer.size ?? 0), 0);
  return size > 0
    ? `${moving.length} · ${formatPercent(done / size)}`
    : String(moving.length);
}
