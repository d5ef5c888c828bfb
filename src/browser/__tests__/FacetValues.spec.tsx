import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';

import { FakeServer } from '../../api/__tests__/server';
import type { Facet } from '../../api/models';
import { FacetValues } from '../FacetValues';
import { facet } from './records';
import { Stage } from './stage';

const MANY = Array.from({ length: 13 }, (_, index) => `tissue ${index}`);

describe('FacetValues', () => {
  const toggled: string[] = [];

  beforeEach(() => {
    toggled.length = 0;
  });

  const element = (values: Facet, chosen: string[]): JSX.Element => (
    <FacetValues
      facet={values}
      chosen={chosen}
      onToggle={value => toggled.push(value)}
      find={(name, text) =>
        Promise.resolve([
          { value: `rare ${name} ${text}`, count: 2, selected: false }
        ])
      }
    />
  );
  const names = (): (string | null)[] =>
    screen
      .getAllByRole('checkbox')
      .map(box => box.closest('label')?.getAttribute('title') ?? null);
  const stage = (): Stage => new Stage(new FakeServer().client);

  it('shows values with counts, chosen ones first', async () => {
    stage().render(element(facet('tissue', ['lung', 'blood']), ['blood']));
    expect(names()).toEqual(['blood', 'lung']);
    expect(screen.getByRole('checkbox', { name: /blood/ })).toHaveProperty(
      'checked',
      true
    );
    await userEvent.click(screen.getByRole('checkbox', { name: /lung 1,000/ }));
    expect(toggled).toEqual(['lung']);
  });

  it('moves nothing away under the pointer when a choice changes the counts', () => {
    const { rerender } = stage().render(
      element(facet('tissue', ['lung', 'blood', 'heart']), [])
    );
    rerender(element(facet('tissue', ['heart', 'lung', 'blood']), ['heart']));
    expect(names()).toEqual(['lung', 'blood', 'heart']);
  });

  it('keeps a chosen value that has no datasets any more', () => {
    stage().render(element(facet('tissue', ['lung']), ['blood']));
    expect(names()).toContain('blood');
  });

  it('has a filter field for more than 12 values', async () => {
    stage().render(element(facet('tissue', MANY), []));
    const field = screen.getByRole('searchbox');
    await userEvent.type(field, '12');
    expect(names()).toEqual(['tissue 12']);
    await userEvent.type(field, 'x');
    expect(screen.queryAllByRole('checkbox')).toHaveLength(0);
    expect(screen.getByText('No value contains “12x”.')).toBeTruthy();
    await userEvent.keyboard('{Escape}');
    expect(names()).toHaveLength(13);
  });

  it('has none for fewer', () => {
    stage().render(element(facet('tissue', ['lung']), []));
    expect(screen.queryByRole('searchbox')).toBeNull();
  });

  it('says what is not listed, and looks for it', async () => {
    stage().render(element(facet('tissue', ['lung'], { more: 312 }), []));
    expect(screen.getByText(/312 rarer values are not listed/)).toBeTruthy();
    await userEvent.type(screen.getByRole('searchbox'), 'Eye');
    expect(screen.getByText(/^Looking among the rarer values/)).toBeTruthy();
    const found = await screen.findByRole('checkbox', {
      name: /rare tissue eye/
    });
    await userEvent.click(found);
    expect(toggled).toEqual(['rare tissue eye']);
    await userEvent.keyboard('{Escape}');
  });
});
