import { waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';

/** The dialog in front of the user. */
export class OpenDialog {
  private constructor(private readonly _node: HTMLElement) {}

  /** Wait until there is one. */
  static async find(): Promise<OpenDialog> {
    return waitFor(() => {
      const node = document.querySelector<HTMLElement>('.jp-Dialog');
      if (!node) {
        throw new Error('there is no dialog');
      }
      return new OpenDialog(node);
    });
  }

  /** All it says, with plain spaces. */
  get text(): string {
    return (this._node.textContent ?? '').replace(/\u00a0/g, ' ');
  }

  /** The items of its lists. */
  get items(): (string | null)[] {
    return [...this._node.querySelectorAll('li')].map(
      ({ textContent }) => textContent
    );
  }

  async press(name: string | RegExp): Promise<void> {
    // jsdom takes a dialog element for hidden, as it does not know how Lumino shows it.
    const hidden = true;
    await userEvent.click(
      within(this._node).getByRole('button', { name, hidden })
    );
  }
}
