import { act, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';

import { OpenDialog } from '../../__tests__/dialog';
import { FakeServer, settle } from '../../api/__tests__/server';
import type { LibraryItem, LibraryListing } from '../../api/models';
import { Stage } from '../../browser/__tests__/stage';
import { LibraryList } from '../LibraryList';

const ITEM: LibraryItem = {
  sha256: 'abc',
  size: 1_400_000_000,
  name: 'lung.h5ad',
  path: '/data/library/lung.h5ad',
  ref: 'cellxgene:v1/lung.h5ad',
  title: 'Tabula Sapiens - Lung',
  source: 'cellxgene',
  version: '',
  licence: '',
  citation: '',
  doi: '',
  retrieved: '2026-11-20T10:00:00Z',
  used: '',
  links: ['datahub/lung.h5ad', 'project/lung.h5ad'],
  shared: false,
  folder: false
};

function listing(...items: LibraryItem[]): LibraryListing {
  return {
    items,
    path: '/data/library',
    used: 12_000_000_000,
    free: 40_000_000_000,
    reserve: 2_000_000_000,
    partial: 0
  };
}

describe('LibraryList', () => {
  let server: FakeServer;
  let stage: Stage;

  async function show(answer: LibraryListing): Promise<void> {
    server = new FakeServer();
    server.rule = () => answer;
    stage = new Stage(server.client);
    stage.render(<LibraryList />);
    await act(settle);
    server.rule = () => undefined;
  }

  it('says how much room there is, without what must stay free', async () => {
    await show(listing());
    const meter = screen.getByRole('meter');
    expect(meter.getAttribute('aria-valuenow')).toBe('24');
    expect(meter.getAttribute('aria-valuetext')?.replace(/\u00a0/g, ' ')).toBe(
      '12 GB used, room for 38 GB more'
    );
    expect(screen.getByText(/The library is empty/)).toBeTruthy();
  });

  it('loads an item', async () => {
    await show(listing(ITEM));
    await userEvent.click(screen.getByRole('button', { name: /^Load/ }));
    expect(stage.calls).toEqual([
      ['load', 'cellxgene:v1/lung.h5ad', 'Tabula Sapiens - Lung']
    ]);
  });

  it('names all that goes before it removes a file', async () => {
    await show(listing(ITEM));
    await userEvent.click(screen.getByRole('button', { name: /^Remove/ }));
    const dialog = await OpenDialog.find();
    expect(dialog.text).toContain('This file is deleted: lung.h5ad');
    expect(dialog.items).toEqual(ITEM.links);
    await dialog.press(/^Remove/);
    await waitFor(() => expect(server.pending).toHaveLength(1));
    expect(server.pending[0].route).toBe('DELETE library/abc');
    await act(() => server.next().answer(listing()));
    expect(screen.queryByText('Tabula Sapiens - Lung')).toBeNull();
  });

  it('removes nothing when the user thinks better of it', async () => {
    await show(listing(ITEM));
    await userEvent.click(screen.getByRole('button', { name: /^Remove/ }));
    const dialog = await OpenDialog.find();
    await dialog.press('Keep it');
    await act(settle);
    expect(server.pending).toEqual([]);
  });

  it('offers no removal of what is shared, and no load of what is not known', async () => {
    await show(listing({ ...ITEM, shared: true, ref: '' }));
    const names = screen
      .getAllByRole('button')
      .map(button => button.getAttribute('aria-label'));
    expect(names).toEqual(['Copy the path of Tabula Sapiens - Lung']);
    expect(screen.getByText(/shared, read-only/)).toBeTruthy();
  });

  it('says why the library could not be read', async () => {
    server = new FakeServer();
    stage = new Stage(server.client);
    stage.render(<LibraryList />);
    await act(settle);
    await act(() => server.next().answer('no', 500));
    expect(screen.getByText('The library could not be read.')).toBeTruthy();
  });
});
