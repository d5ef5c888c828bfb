import { Dialog, ReactWidget, showDialog } from '@jupyterlab/apputils';
import type { KernelSpec } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { HTMLSelect } from '@jupyterlab/ui-components';
import type { JSX } from 'react';

/** A kernel that a new notebook may get. */
export interface IKernelChoice {
  name: string;
  label: string;
}

/** The kernels there are, the default one first, then by label. */
export function kernelChoices(
  specs: KernelSpec.ISpecModels | null
): IKernelChoice[] {
  const choices = Object.entries(specs?.kernelspecs ?? {}).map(
    ([name, spec]) => ({ name, label: spec?.display_name ?? name })
  );
  const isDefault = (choice: IKernelChoice): number =>
    choice.name === specs?.default ? 0 : 1;
  return choices.sort(
    (one, other) =>
      isDefault(one) - isDefault(other) || one.label.localeCompare(other.label)
  );
}

/** The choice of a kernel, as the body of a dialog. */
class KernelBody extends ReactWidget implements Dialog.IBodyWidget<string> {
  constructor(
    private readonly _text: string,
    private readonly _choices: readonly IKernelChoice[],
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-DataHub-newNotebook');
    this._name = _choices[0]?.name ?? '';
  }

  getValue(): string {
    return this._name;
  }

  protected render(): JSX.Element {
    return (
      <>
        <p>{this._text}</p>
        <label>
          {this._trans.__('Kernel')}
          <HTMLSelect
            className="jp-mod-styled"
            defaultValue={this._name}
            onChange={event => {
              this._name = event.currentTarget.value;
            }}
          >
            {this._choices.map(({ name, label }) => (
              <option key={name} value={name}>
                {label}
              </option>
            ))}
          </HTMLSelect>
        </label>
      </>
    );
  }

  private _name: string;
}

/**
 * Ask whether to make a notebook for a dataset, as none is open.
 *
 * @returns The name of the kernel to start there, null where the user wants none.
 */
export async function askForNotebook(
  title: string,
  specs: KernelSpec.ISpecModels | null,
  trans: TranslationBundle
): Promise<string | null> {
  const { button, value } = await showDialog({
    title: trans.__('Load into a new notebook?'),
    body: new KernelBody(
      trans.__('No notebook or console is open to load “%1” into.', title),
      kernelChoices(specs),
      trans
    ),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: trans.__('Create and load') })
    ]
  });
  return button.accept ? (value ?? '') : null;
}
