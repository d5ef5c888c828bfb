import { notebooksFirst } from '../filesPlugin';

describe('notebooksFirst', () => {
  it('lets a notebook lead the files that are saved with it', () => {
    const names = ['b.csv', 'a.csv', 'z.ipynb'];
    expect(names.sort(notebooksFirst)).toEqual(['z.ipynb', 'a.csv', 'b.csv']);
  });
});
