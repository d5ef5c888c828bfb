import type { TranslationBundle } from '@jupyterlab/translation';

import type { LoadOption, LoadOptions, LoadWay } from '../api/models';
import { formatBytes } from '../browser/format';

/** A way to load a file, with what it takes: "whole (needs 6.1 GB)". */
export function optionWords(
  { way, needs, missing }: LoadOption,
  trans: TranslationBundle
): string {
  const name = wayName(way, trans);
  if (missing.length) {
    return trans.__('%1 (the kernel lacks %2)', name, missing.join(', '));
  }
  return needs === null
    ? name
    : trans.__('%1 (needs %2)', name, formatBytes(needs));
}

function wayName(way: LoadWay, trans: TranslationBundle): string {
  const names: { [way in LoadWay]: string } = {
    whole: trans.__('whole'),
    backed: trans.__('backed'),
    lazy: trans.__('lazy'),
    dask: trans.__('on a Dask cluster'),
    selection: trans.__('selection…')
  };
  return names[way];
}

/** What a way to load a file means for the work with it. */
export function meaningWords(way: LoadWay, trans: TranslationBundle): string {
  const meanings: { [way in LoadWay]: string } = {
    whole: trans.__('All of it is read into memory.'),
    backed: trans.__(
      'X and raw stay in the file, and parts of them are read when they are asked for; all else is in memory. Most functions of scanpy need a part of it in memory first.'
    ),
    lazy: trans.__(
      'Nothing is read before it is computed, chunk by chunk, with Dask in the kernel.'
    ),
    dask: trans.__(
      'Workers read X chunk by chunk and compute with it; the file has to be where they see it.'
    ),
    selection: trans.__('Only the cells and genes that you choose are read.')
  };
  return meanings[way];
}

/** What it means that workers of a cluster read a file where it is. */
export function afarWords(trans: TranslationBundle): string {
  return trans.__(
    'Workers read X chunk by chunk where the file is; nothing is downloaded. They need JupyterLab DataHub, set up as it is here.'
  );
}

/** What the kernel can still have: "The kernel has 12 GB free." */
export function freeWords(
  { free, limits, asked }: LoadOptions,
  trans: TranslationBundle
): string {
  if (free === null) {
    return '';
  }
  const bytes = formatBytes(free);
  const whose =
    asked === 'kernel'
      ? trans.__('The kernel has %1 free', bytes)
      : trans.__('This server has %1 free', bytes);
  return `${whose}${limitWords(limits, trans)}.`;
}

function limitWords(limits: string, trans: TranslationBundle): string {
  switch (limits) {
    case 'container':
      return trans.__(' within the limit of its container');
    case 'process':
      return trans.__(' within the limit of its process');
    default:
      return '';
  }
}

/** Why a file should not be loaded whole; empty where it fits, or nobody knows. */
export function tooMuchWords(
  { options, basis }: LoadOptions,
  trans: TranslationBundle
): string {
  const whole = options.find(({ way }) => way === 'whole');
  if (whole?.fits !== false || whole.needs === null) {
    return '';
  }
  const needs = formatBytes(whole.needs);
  return basis === 'preview'
    ? trans.__('Loading all of it takes %1 of memory.', needs)
    : trans.__(
        'Judged by its size, loading all of it takes %1 of memory.',
        needs
      );
}

/** What to type to get packages that a kernel lacks; empty where it lacks none. */
export function missingWords(
  { missing }: LoadOption,
  trans: TranslationBundle
): string {
  return missing.length
    ? trans.__(
        'The kernel lacks %1: run “%pip install %1” in it first.',
        missing.join(' ')
      )
    : '';
}
