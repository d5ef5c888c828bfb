import type { TranslationBundle } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { Menu } from '@lumino/widgets';

import type { DatasetPage, DatasetVersion } from '../api/models';
import { formatBytes, formatInteger } from '../browser/format';
import { CommandIDs } from '../tokens';

/** Offer the versions of a dataset in a menu below `anchor`, newest first. */
export function chooseVersion(
  { dataset, versions }: DatasetPage,
  anchor: HTMLElement,
  commands: CommandRegistry,
  trans: TranslationBundle
): void {
  const own = new CommandRegistry();
  const menu = new Menu({ commands: own });
  menu.title.label = trans.__('Versions');
  versions.forEach((version, index) => {
    const command = `version:${index}`;
    own.addCommand(command, {
      describedBy: { args: { type: 'object', properties: {} } },
      label: versionWords(version, index === 0, trans),
      isToggled: () => version.ref === dataset.ref,
      isEnabled: () => version.ref !== dataset.ref,
      execute: () =>
        commands.execute(CommandIDs.openDataset, { ref: version.ref })
    });
    menu.addItem({ command });
  });
  menu.aboutToClose.connect(() => {
    anchor.focus();
    // The chosen command runs after the menu has closed.
    window.setTimeout(() => menu.dispose());
  });
  const { left, bottom } = anchor.getBoundingClientRect();
  menu.open(left, bottom);
}

/** A version in one line: "2026-06-11 · newest · 65,847 cells · 1.4 GB". */
export function versionWords(
  { cells, date, size, version, withdrawn }: DatasetVersion,
  newest: boolean,
  trans: TranslationBundle
): string {
  return [
    date.slice(0, 10) || version,
    newest ? trans.__('newest') : '',
    withdrawn ? trans.__('withdrawn') : '',
    cells === null
      ? ''
      : trans._n('%2 cell', '%2 cells', cells, formatInteger(cells)),
    size === null ? '' : formatBytes(size)
  ]
    .filter(Boolean)
    .join(' · ');
}
