import { listKey } from '../listKeys';

const PLACE = { active: 5, total: 100, page: 10 };

function press(key: string, change = {}, place = PLACE): unknown {
  const modifiers = { ctrlKey: false, metaKey: false, altKey: false };
  return listKey({ key, ...modifiers, ...change }, place);
}

describe('listKey', () => {
  it.each([
    ['ArrowDown', 6],
    ['ArrowUp', 4],
    ['PageDown', 15],
    ['PageUp', 0],
    ['Home', 0],
    ['End', 99]
  ])('moves with %s', (key, index) => {
    expect(press(key)).toEqual({ kind: 'move', index });
  });

  it('stays in the list at its end, and leaves it at its top', () => {
    expect(press('ArrowDown', {}, { ...PLACE, active: 99 })).toEqual({
      kind: 'move',
      index: 99
    });
    expect(press('ArrowUp', {}, { ...PLACE, active: 0 })).toEqual({
      kind: 'leave'
    });
  });

  it('opens, loads and ticks', () => {
    expect(press('Enter')).toEqual({ kind: 'open' });
    expect(press('Enter', { ctrlKey: true })).toEqual({ kind: 'load' });
    expect(press('Enter', { metaKey: true })).toEqual({ kind: 'load' });
    expect(press(' ')).toEqual({ kind: 'tick' });
    expect(press('Escape')).toEqual({ kind: 'leave' });
  });

  it('leaves other keys to the browser and to JupyterLab', () => {
    expect(press('a')).toBeNull();
    expect(press('ArrowDown', { altKey: true })).toBeNull();
    expect(press('Home', { ctrlKey: true })).toBeNull();
  });
});
