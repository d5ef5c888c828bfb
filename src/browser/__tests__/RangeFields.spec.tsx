import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';

import { FakeServer } from '../../api/__tests__/server';
import type { Range } from '../../api/models';
import { RangeFields } from '../RangeFields';
import { Stage } from './stage';

describe('RangeFields', () => {
  let ranges: Range[];

  function Holder({ first }: { first: Range }): JSX.Element {
    const [range, setRange] = useState(first);
    const onRange = (next: Range): void => {
      ranges.push(next);
      setRange(next);
    };
    return <RangeFields name="size" range={range} onRange={onRange} />;
  }

  function show(range: Range): void {
    ranges = [];
    new Stage(new FakeServer().client).render(<Holder first={range} />);
  }

  it('reads sizes as people write them', async () => {
    show({ min: null, max: null });
    await userEvent.type(screen.getByLabelText('from'), '500 MB');
    await userEvent.type(screen.getByLabelText('to'), '2 GB{Enter}');
    expect(ranges).toEqual([
      { min: 500_000_000, max: null },
      { min: 500_000_000, max: 2_000_000_000 }
    ]);
  });

  it('says what is wrong beside the field, and keeps what was typed', async () => {
    show({ min: null, max: null });
    const from = screen.getByLabelText('from');
    await userEvent.type(from, 'many{Enter}');
    expect(ranges).toEqual([]);
    expect(from).toHaveProperty('value', 'many');
    expect(from.getAttribute('aria-invalid')).toBe('true');
    expect(screen.getByText(/“many” cannot be read/)).toBeTruthy();
  });

  it('does not take a range that is the wrong way round', async () => {
    show({ min: null, max: 1000 });
    await userEvent.type(screen.getByLabelText('from'), '2 GB{Enter}');
    expect(ranges).toEqual([]);
    expect(screen.getByText(/larger than the second/)).toBeTruthy();
  });

  it('keeps the exact number of a bound that was not touched', async () => {
    show({ min: 1_234_567, max: null });
    await userEvent.type(screen.getByLabelText('to'), '2 GB{Enter}');
    expect(ranges).toEqual([{ min: 1_234_567, max: 2_000_000_000 }]);
  });

  it('drops a bound whose field is emptied', async () => {
    show({ min: 1_000_000, max: null });
    await userEvent.clear(screen.getByLabelText('from'));
    await userEvent.tab();
    expect(ranges).toEqual([{ min: null, max: null }]);
  });
});
