import { fireEvent, screen, within } from '@testing-library/react';

import { FakeServer, trans } from '../../api/__tests__/server';
import { Stage } from '../../browser/__tests__/stage';
import type { IChoosing } from '../../selection/useChoosing';
import { decodeColours } from '../decode';
import { Legend } from '../Legend';
import { shadesOf } from '../shades';
import { categories, numbers } from './packed';
import { column } from './record';

describe('what the colours mean', () => {
  let toggled: [number, boolean][];

  function show(packed: ArrayBuffer, canChoose: boolean): void {
    toggled = [];
    const colours = decodeColours(packed, trans);
    const nothing = (): void => undefined;
    const choosing: IChoosing = {
      only: null,
      mask: null,
      regions: [],
      range: null,
      onToggle: (...clicked) => toggled.push(clicked),
      onAll: nothing,
      onRange: nothing,
      onRegion: nothing,
      onClear: nothing
    };
    new Stage(new FakeServer().client).render(
      <Legend
        colours={colours}
        shades={shadesOf(colours, 4, [255, 255, 255])}
        ordered={false}
        column={column(colours.by, {
          low: 1,
          high: 3,
          histogram: [1, 1, 1]
        })}
        choosing={canChoose ? choosing : null}
      />
    );
  }

  it('is chosen from by a click', () => {
    show(categories(), true);
    fireEvent.click(screen.getByRole('option', { name: /^T cell/ }));
    expect(toggled).toEqual([[1, false]]);
    expect(screen.getByText(/chooses cells/)).toBeTruthy();
  });

  it('is only told where nothing can be chosen', () => {
    show(categories(), false);
    const list = screen.getByRole('list', { name: 'Cells by cell_type' });
    const items = within(list).getAllByRole('listitem');
    expect(items.map(item => item.textContent)).toEqual([
      'T cell2',
      'B cell1',
      'missing1'
    ]);
    expect(list.tabIndex).toBe(-1);
    expect(screen.queryByText(/chooses cells/)).toBeNull();
  });

  it('of numbers has no ends to choose where nothing can be', () => {
    show(numbers(), false);
    const scale = screen.getByRole('group', { name: 'Cells by n_genes' });
    expect(scale.textContent).toBe('13missing 1');
    show(numbers(), true);
    expect(screen.getByRole('textbox', { name: 'from' })).toBeTruthy();
  });
});
