import { act, fireEvent, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';

import { FakeServer } from '../../api/__tests__/server';
import type { Asset, ImageFacts, Thumbnail } from '../../api/models';
import { Stage } from '../../browser/__tests__/stage';
import { WHERE_IT_IS } from '../../loading/manner';
import { asked, withPicture } from '../../notebook/pictures';
import { isImage, pixelWords } from '../image';
import { ImagePanel } from '../imagePanel';
import { dataset } from './record';

const REF = 's3://open/tonsil.ome.tif';
const PATH = `images/${encodeURIComponent(REF)}`;

function facts(change: Partial<ImageFacts> = {}): ImageFacts {
  return {
    ref: REF,
    name: 'tonsil.ome.tif',
    form: 'OME-TIFF',
    width: 20_000,
    height: 10_000,
    dtype: 'uint16',
    channels: [
      { name: 'DNA', colour: '#0000ff' },
      { name: 'CD3', colour: '' }
    ],
    levels: [
      { width: 20_000, height: 10_000, memory: 800_000_000 },
      { width: 625, height: 312, memory: 780_000 }
    ],
    z: 1,
    t: 1,
    pixel_width: 0.65,
    pixel_height: 0.65,
    pixel_unit: 'µm',
    size: 2_100_000_000,
    fetched: 200_000,
    requests: 3,
    ...change
  };
}

function thumbnail(channel: number): Thumbnail {
  return {
    ref: REF,
    channel,
    level: 1,
    width: 512,
    height: 256,
    png: `cGlj${channel}`,
    low: 100,
    high: 12_000,
    size: 2_100_000_000,
    fetched: 1_000_000,
    requests: 4
  };
}

const asset: Asset = {
  ...dataset().assets[0],
  ref: REF,
  name: 'tonsil.ome.tif',
  format: 'ome.tif'
};

function choose(select: HTMLElement, value: string): void {
  fireEvent.change(select, { target: { value } });
}

describe('an image that is looked at', () => {
  let server: FakeServer;
  let stage: Stage;

  function show(
    assets: readonly Asset[] = [],
    change: Partial<Asset> = {}
  ): void {
    server = new FakeServer();
    stage = new Stage(server.client);
    stage.render(
      <ImagePanel
        asset={{ ...asset, ...change }}
        assets={assets}
        onClose={() => undefined}
      />
    );
  }

  async function answer(document: unknown, status = 200): Promise<string> {
    const request = server.next();
    await act(() => request.answer(document, status));
    // JupyterLab adds the time to what must not come from a cache.
    const search = request.url.search.replace(/(\?|\?&|&)\d{13}$/, '');
    return `${request.route}${search}`;
  }

  it('says what it is, shows a channel and what that took', async () => {
    show();
    expect(screen.getByRole('status').textContent).toContain('Reading');
    expect(await answer(facts())).toBe(`GET ${PATH}`);
    expect(await answer(thumbnail(0))).toBe(`GET ${PATH}/thumbnail?channel=0`);
    expect(
      screen.getByRole('img', { name: 'DNA of tonsil.ome.tif' })
    ).toHaveProperty('src', 'data:image/png;base64,cGlj0');
    expect(screen.getByText(/Fetched 1.2 MB of 2.1 GB/)).toBeTruthy();
    expect(screen.getByText('20,000 × 10,000 pixels')).toBeTruthy();
    expect(screen.getByText('2 levels, down to 625 × 312')).toBeTruthy();
  });

  it('is opened where it is by a cell, whose code is shown on demand', async () => {
    show();
    await answer(facts());
    await answer(thumbnail(0));
    const way = screen.getByRole('combobox', {
      name: 'How the image is opened'
    });
    expect(way.textContent).toBe('dask arraysZarr arraysnaparivitessce');
    choose(way, 'napari');
    await userEvent.click(
      screen.getByRole('button', { name: 'Load in notebook' })
    );
    expect(stage.calls).toEqual([
      ['load', REF, 'tonsil.ome.tif', 'napari', WHERE_IT_IS]
    ]);
    await userEvent.click(
      screen.getByRole('button', { name: 'Show the code' })
    );
    const request = server.next();
    expect(JSON.parse(request.body)).toEqual({
      ref: REF,
      in_place: true,
      layer: 'napari'
    });
    await act(() => request.answer({ code: 'import napari', layers: [] }));
    expect(screen.getByText('import napari')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Copy the code' })).toBeTruthy();
    choose(way, 'dask');
    expect(screen.queryByText('import napari')).toBeNull();
    await userEvent.click(
      screen.getByRole('button', { name: 'Show the code' })
    );
    const error = { code: 'conflict', message: 'a cell keeps no credentials' };
    await act(() => server.next().answer({ error }, 409));
    expect(screen.getByText(/keeps no credentials/)).toBeTruthy();
  });

  it('is opened as one level, of which its size in memory is known', async () => {
    show();
    await answer(facts());
    await answer(thumbnail(0));
    const level = screen.getByRole('combobox', {
      name: 'Which level of the image is opened'
    });
    expect(level.textContent?.replace(/\s/g, ' ')).toBe(
      'all levels20,000 × 10,000 (800 MB)625 × 312 (780 kB)'
    );
    choose(level, '0');
    expect(
      screen.getByText(
        /All 2 channels of that level take 800\sMB of memory, one takes 400\sMB/
      )
    ).toBeTruthy();
    choose(level, '1');
    const load = screen.getByRole('button', { name: 'Load in notebook' });
    await userEvent.click(load);
    await userEvent.click(
      screen.getByRole('button', { name: 'Show the code' })
    );
    expect(JSON.parse(server.next().body)).toEqual({
      ref: REF,
      in_place: true,
      layer: 'dask',
      level: 1
    });
    // vitessce takes whichever level the screen has room for.
    choose(
      screen.getByRole('combobox', { name: 'How the image is opened' }),
      'vitessce'
    );
    expect(level.isConnected).toBe(false);
    await userEvent.click(load);
    expect(stage.calls).toEqual([
      ['load', REF, 'tonsil.ome.tif', 'dask', { ...WHERE_IT_IS, level: 1 }],
      ['load', REF, 'tonsil.ome.tif', 'vitessce', WHERE_IT_IS]
    ]);
  });

  it('is not offered to vitessce where it is a TIFF without OME-XML', async () => {
    show();
    await answer(facts({ form: 'TIFF' }));
    const way = screen.getByRole('combobox', {
      name: 'How the image is opened'
    });
    expect(way.textContent).toBe('dask arraysZarr arraysnapari');
  });

  it('offers no level where a cell can open none alone', async () => {
    show();
    const levels = facts().levels.map((one, number) =>
      number ? { ...one, memory: null } : one
    );
    await answer(facts({ levels }));
    expect(
      screen.queryByRole('combobox', {
        name: 'Which level of the image is opened'
      })
    ).toBeNull();
  });

  it('goes with the cells that were found in it, as it is shown', async () => {
    const named = (name: string): Asset => ({
      ...asset,
      ref: `s3://open/${name}`,
      name
    });
    show([
      asset,
      named('unmicst-lung_cell.csv'),
      named('unmicst-tonsil_cell.csv')
    ]);
    const load = jest.spyOn(stage.hub, 'load').mockResolvedValue();
    await answer(facts());
    expect(screen.queryByRole('button', { name: 'Load its cells' })).toBeNull();
    await answer(thumbnail(0));
    const table = screen.getByRole('combobox', { name: 'Table of the cells' });
    expect(table.textContent).toBe(
      'unmicst-tonsil_cell.csvunmicst-lung_cell.csv'
    );
    await userEvent.click(
      screen.getByRole('button', { name: 'Load its cells' })
    );
    expect(load).toHaveBeenCalledWith(
      's3://open/unmicst-tonsil_cell.csv',
      'unmicst-tonsil_cell.csv',
      withPicture(REF, 0)
    );
    expect(asked(withPicture(REF, 3))).toEqual({ image: REF, channel: 3 });
    expect(asked('raw')).toEqual({ layer: 'raw' });
    expect(asked('')).toEqual({});
  });

  it('offers the tables around it, of which the user chooses one', async () => {
    show();
    const load = jest.spyOn(stage.hub, 'load').mockResolvedValue();
    await answer(facts());
    await answer(thumbnail(0));
    const find = screen.getByRole('button', {
      name: 'Find tables of its cells'
    });
    await userEvent.click(find);
    const path = 'quantification/unmicst-tonsil_cell.csv';
    const ref = `s3://open/${path}`;
    const table = { ref, path, name: 'unmicst-tonsil_cell.csv', size: 1000 };
    expect(await answer({ tables: [table], whole: false })).toBe(
      `GET ${PATH}/tables`
    );
    const button = screen.getByRole('button', { name: 'Load its cells' });
    expect((button as HTMLButtonElement).disabled).toBe(true);
    expect(screen.getByText(/more files than were looked at/)).toBeTruthy();
    choose(screen.getByRole('combobox', { name: 'Table of the cells' }), ref);
    await userEvent.click(button);
    expect(load).toHaveBeenCalledWith(ref, table.name, withPicture(REF, 0));
  });

  it('says where no table of its cells is', async () => {
    show();
    await answer(facts());
    await answer(thumbnail(0));
    await userEvent.click(
      screen.getByRole('button', { name: 'Find tables of its cells' })
    );
    await answer({ tables: [], whole: true });
    expect(screen.getByText(/No table of cells is in its folder/)).toBeTruthy();
  });

  it('shows another channel by the keyboard and asks for none twice', async () => {
    show();
    await answer(facts());
    await answer(thumbnail(0));
    const list = screen.getByRole('listbox', { name: 'Channel' });
    list.focus();
    await userEvent.keyboard('{ArrowDown}');
    expect(await answer(thumbnail(1))).toBe(`GET ${PATH}/thumbnail?channel=1`);
    expect(screen.getByRole('img', { name: /^CD3/ })).toBeTruthy();
    await userEvent.keyboard('{Home}');
    expect(screen.getByRole('img', { name: /^DNA/ })).toBeTruthy();
    expect(server.pending).toEqual([]);
  });

  it('is opened once it is downloaded, as arrays, by a viewer or as a path', async () => {
    show();
    await answer(facts());
    choose(
      screen.getByRole('combobox', { name: 'From where the image is opened' }),
      'library'
    );
    expect(screen.queryByRole('button', { name: 'Show the code' })).toBeNull();
    const load = screen.getByRole('button', { name: 'Load in notebook' });
    for (const way of ['vitessce', '']) {
      choose(
        screen.getByRole('combobox', { name: 'How the image is opened' }),
        way
      );
      await userEvent.click(load);
    }
    expect(stage.calls).toEqual([
      ['load', REF, 'tonsil.ome.tif', 'vitessce'],
      ['load', REF, 'tonsil.ome.tif']
    ]);
  });

  it('is only opened once it is downloaded where somebody pays', async () => {
    show([], { access: 'requester_pays', usd_per_gb: 0.09, size: 2.1e9 });
    await answer(facts());
    const from = screen.getByRole('combobox', {
      name: 'From where the image is opened'
    });
    expect(from.textContent).toBe('once it is downloaded');
    expect(screen.getByText(/2.1 GB, at most 0.19/)).toBeTruthy();
  });

  it('keeps the channels where one of them cannot be shown', async () => {
    show();
    await answer(facts());
    const error = {
      code: 'bad_request',
      message: 'The pixels of the image are damaged',
      source: '',
      hint: '',
      retry_after: null
    };
    await answer({ error }, 400);
    expect(screen.getByText(/pixels of the image are damaged/)).toBeTruthy();
    fireEvent.click(screen.getByRole('option', { name: 'CD3' }));
    await answer(thumbnail(1));
    expect(screen.getByRole('img', { name: /^CD3/ })).toBeTruthy();
  });

  it('asks before anything is paid for, with a limit', async () => {
    show();
    const error = {
      code: 'consent',
      message: 'A look at it is paid for by whoever fetches it',
      source: '',
      hint: '',
      retry_after: null,
      cost: {
        usd: 0.00423,
        bytes: 47_000_000,
        usd_per_gb: 0.09,
        price_date: ''
      }
    };
    await answer({ error }, 402);
    expect(server.pending).toEqual([]);
    await userEvent.click(
      screen.getByRole('button', { name: 'Look at it for at most 0.0043 USD' })
    );
    expect(await answer(facts())).toBe(`GET ${PATH}?max_usd=0.004300`);
    expect(await answer(thumbnail(0))).toBe(
      `GET ${PATH}/thumbnail?channel=0&max_usd=0.004300`
    );
  });
});

describe('what the page says of images', () => {
  it.each([
    ['a.ome.tif', '', true],
    ['slide.TIFF', '', true],
    ['zarr.json', 'plates/a.ome.zarr/zarr.json', true],
    ['zarr.json', 'results/zarr.json', false],
    ['a.tif.csv', '', false]
  ])('knows by the name of %s in %s whether it is one', (name, path, is) => {
    expect(isImage({ name, path, group: false })).toBe(is);
  });

  it('says sizes of pixels without digits that mean nothing', () => {
    expect(pixelWords(facts())).toBe('0.65 µm');
    expect(pixelWords(facts({ pixel_width: 0.32500001 }))).toBe(
      '0.325 µm × 0.65 µm'
    );
    expect(pixelWords(facts({ pixel_width: null }))).toBe('');
  });
});
