import { act, cleanup, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';

import { FakeServer } from '../../api/__tests__/server';
import type { Member, MemberListing } from '../../api/models';
import { Stage } from '../../browser/__tests__/stage';
import { dataset } from '../../dataset/__tests__/record';
import { MemberList } from '../MemberList';
import { isBundle } from '../words';

const ZIP = { ...dataset().assets[0], ref: 's3://b/a.zip', name: 'a.zip' };

function member(path: string, change: Partial<Member> = {}): Member {
  return {
    path,
    ref: `s3://b/a.zip#member=${path}`,
    kind: 'anndata',
    loads: true,
    size: 2_000_000,
    shape: null,
    beside: [],
    here: false,
    ...change
  };
}

function listing(change: Partial<MemberListing> = {}): MemberListing {
  const members = change.members ?? [member('cells.h5ad')];
  return {
    ref: 's3://b/a.zip',
    name: 'a.zip',
    members,
    total: members.length,
    size: 5_000_000,
    after_download: false,
    note: '',
    bytes_fetched: 32_000,
    requests: 2,
    apart: false,
    ...change
  };
}

describe('MemberList', () => {
  let server: FakeServer;
  let stage: Stage;
  const downloaded = jest.fn();

  async function show(answer: MemberListing | null): Promise<void> {
    stage.render(
      <MemberList asset={ZIP} here={false} onDownload={downloaded} />
    );
    const request = server.next();
    expect(request.route).toBe('GET members/s3%3A%2F%2Fb%2Fa.zip');
    const error = { code: 'unreadable', message: 'a.zip is damaged' };
    await act(() =>
      answer ? request.answer(answer) : request.answer({ error }, 422)
    );
  }

  beforeEach(() => {
    server = new FakeServer();
    stage = new Stage(server.client);
    downloaded.mockReset();
  });
  afterEach(cleanup);

  it('lists what is in a file and loads one of it', async () => {
    await show(
      listing({
        members: [
          member('cells.h5ad'),
          member('s/matrix.mtx', { kind: 'matrix', beside: ['s/a', 's/b'] }),
          member('s/a', {
            kind: 'part',
            loads: false,
            beside: ['s/matrix.mtx']
          }),
          member('x.txt', { kind: 'other', loads: false })
        ]
      })
    );
    const list = screen.getByRole('list', { name: 'What is in a.zip' });
    expect(within(list).getAllByRole('listitem')).toHaveLength(4);
    expect(within(list).getAllByRole('button')).toHaveLength(2);
    expect(list.textContent).toContain('10x matrix in three files');
    expect(list.textContent).toContain('Belongs to s/matrix.mtx');
    expect(list.textContent).toContain('Does not become an AnnData');
    expect(screen.getByRole('status').textContent).toMatch(
      /^4 files, 2 of which can be loaded\. Read 32\skB of 5\sMB to find out\. To load one, all of/
    );
    await userEvent.click(
      screen.getByRole('button', { name: 'Load s/matrix.mtx' })
    );
    expect(stage.calls).toContainEqual([
      'load',
      's3://b/a.zip#member=s/matrix.mtx',
      's/matrix.mtx'
    ]);
  });

  it('says that only the one comes that is loaded of a large file', async () => {
    await show(listing({ apart: true }));
    expect(screen.getByRole('status').textContent).toContain(
      'only that one is downloaded, without the rest'
    );
  });

  it('filters many by name', async () => {
    const members = Array.from({ length: 20 }, (_, n) => member(`c${n}.h5ad`));
    await show(listing({ members }));
    const box = screen.getByRole('searchbox');
    await userEvent.type(box, 'c19');
    expect(screen.getAllByRole('listitem')).toHaveLength(1);
    await userEvent.type(box, 'zz');
    expect(screen.queryAllByRole('listitem')).toHaveLength(0);
    screen.getByText('Nothing in it has such a name.');
  });

  it('says what is downloaded first, what is empty and what failed', async () => {
    await show(
      listing({
        members: [],
        after_download: true,
        note: 'A tar has no list of its files, so it is downloaded first.'
      })
    );
    screen.getByText(/so it is downloaded first/);
    await userEvent.click(screen.getByRole('button', { name: /Download it/ }));
    expect(downloaded).toHaveBeenCalledWith(ZIP);
    cleanup();
    await show(listing({ members: [] }));
    screen.getByText('There is nothing in it.');
    cleanup();
    await show(null);
    screen.getByText('What is in a.zip cannot be listed.');
    screen.getByRole('button', { name: 'Try again' });
  });

  it('knows what holds several things', () => {
    const named = (name: string): boolean => isBundle({ ...ZIP, name });
    expect(
      ['a.zip', 'b.TAR.gz', 'c.tgz', 'd.h5mu', 'e.h5ad', 'f.gz'].map(named)
    ).toEqual([true, true, true, true, false, false]);
    expect(isBundle({ ...ZIP, group: true })).toBe(false);
  });
});
