import { act, fireEvent, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';

import { FakeServer, settle, trans } from '../../api/__tests__/server';
import { DataHubError } from '../../api/errors';
import type { TransferRequest } from '../../api/models';
import { Stage } from '../../browser/__tests__/stage';
import { connection } from '../../connections/__tests__/records';
import { readFile, type IManifestFile } from '../file';
import { ManifestDialog } from '../ManifestDialog';
import { readManifest } from '../read';

const ENTRIES = [
  { object_id: 'dg.1/one', file_name: 'one.tsv', file_size: 1_500_000 },
  { object_id: 'dg.1/one', file_name: 'one.tsv', file_size: 1_500_000 },
  { guid: 'dg.1/two', size: '500000' },
  { did: 'dg.1/three' }
];

describe('readManifest', () => {
  it('counts each file once, with what is said of sizes', () => {
    expect(readManifest(JSON.stringify(ENTRIES), trans)).toEqual({
      problem: '',
      files: 3,
      size: 2_000_000,
      unsized: 1
    });
  });

  it.each([
    ['{', 'This manifest is not JSON.'],
    ['{"object_id": "a"}', 'This is no manifest: it is no list of files.'],
    ['[]', 'This manifest is empty.'],
    [
      '[{"object_id": "a"}, {"file_name": "b"}]',
      'Entry 2 of this manifest has no object_id.'
    ]
  ])('says what is wrong with %s', (text, words) => {
    expect(readManifest(text, trans).problem).toBe(words);
  });
});

describe('readFile', () => {
  it('leaves a file alone that would fill the memory of the page', async () => {
    const large = new File(['[]'], 'atlas.h5ad');
    Object.defineProperty(large, 'size', { value: 30e9 });
    large.text = () => Promise.reject(new Error('it was read'));
    const file = await readFile(large);
    expect(file).toEqual({ name: 'atlas.h5ad', text: null });
    expect(readManifest(file.text, trans).problem).toContain(
      'larger than 50 MB'
    );
  });
});

describe('ManifestDialog', () => {
  let requests: Partial<TransferRequest>[];
  let closed: boolean;
  let agreed: boolean;
  let failure: Error | null;

  async function show(file: IManifestFile | null): Promise<void> {
    const server = new FakeServer();
    server.rule = ({ route }) =>
      route === 'GET connections'
        ? {
            connections: [
              connection(),
              connection({
                name: 'commons',
                kind: 'gen3',
                title: 'Commons',
                reads_manifests: true
              })
            ],
            kinds: [],
            open: []
          }
        : {};
    const stage = new Stage(server.client);
    await stage.hub.connections.refresh();
    requests = [];
    closed = false;
    failure = null;
    agreed = true;
    stage.render(
      <ManifestDialog
        first={file}
        source=""
        onClose={() => {
          closed = true;
        }}
        onStart={request => {
          requests.push(request);
          return failure ? Promise.reject(failure) : Promise.resolve(agreed);
        }}
      />
    );
    await act(settle);
  }

  const start = (): HTMLButtonElement =>
    screen.getByRole('button', { name: 'Download' });

  it('says what it costs, and how the files are named', async () => {
    const text = JSON.stringify(ENTRIES);
    await show({ name: 'pbmc.json', text });
    expect(
      screen.getByText(/3 files, 2.*MB in all/).parentElement?.textContent
    ).toContain('The size of 1 file is not said.');
    expect(document.activeElement).toBe(start());
    fireEvent.change(screen.getByLabelText('Names of the files'), {
      target: { value: 'combined' }
    });
    await userEvent.click(start());
    expect(requests).toEqual([
      {
        source: 'commons',
        manifest: text,
        name: 'pbmc',
        filename_format: 'combined',
        skip_completed: true
      }
    ]);
    expect(closed).toBe(true);
  });

  it('says what is wrong with a manifest, and begins nothing', async () => {
    await show({ name: 'wrong.json', text: '[]' });
    expect(screen.getByRole('alert').textContent).toBe(
      'This manifest is empty.'
    );
    expect(start().disabled).toBe(true);
  });

  it('stays open where its user does not want to pay', async () => {
    await show({ name: 'pbmc.json', text: JSON.stringify(ENTRIES) });
    agreed = false;
    await userEvent.click(start());
    expect(requests).toHaveLength(1);
    expect(closed).toBe(false);
  });

  it('stays open where the server refuses', async () => {
    await show({ name: 'pbmc.json', text: JSON.stringify(ENTRIES) });
    failure = new DataHubError({
      code: 'bad_request',
      message: 'The object_id of entry 3 is no GUID',
      hint: '',
      source: 'commons',
      retry_after: null
    });
    await userEvent.click(start());
    expect(screen.getByText(/entry 3 is no GUID/)).toBeTruthy();
    expect(closed).toBe(false);
  });
});
