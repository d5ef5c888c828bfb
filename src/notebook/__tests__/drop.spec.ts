import { MimeData } from '@lumino/coreutils';

import { REF_MIME } from '../../tokens';
import { draggedFrom, sideOf } from '../drop';

function dragging(mime: string, data: unknown): MimeData {
  const mimeData = new MimeData();
  mimeData.setData(mime, data);
  return mimeData;
}

describe('what is dragged', () => {
  it('is a dataset when it says so', () => {
    const data = { ref: 'cellxgene:v1', title: 'Lung' };
    expect(draggedFrom(dragging(REF_MIME, data))).toEqual(data);
  });

  it('needs no title', () => {
    expect(draggedFrom(dragging(REF_MIME, { ref: 'cellxgene:v1' }))).toEqual({
      ref: 'cellxgene:v1',
      title: ''
    });
  });

  it.each([
    [REF_MIME, null],
    [REF_MIME, 'cellxgene:v1'],
    [REF_MIME, { ref: 1 }],
    [REF_MIME, { ref: '' }],
    ['text/plain', 'cellxgene:v1'],
    ['application/vnd.jupyter.cells', [{ cell_type: 'code' }]]
  ])('is something else: %s %p', (mime, data) => {
    expect(draggedFrom(dragging(mime, data))).toBeNull();
  });
});

it('goes to the side of a cell that the pointer is nearer to', () => {
  const box = { top: 100, height: 40 };
  expect(sideOf(box, 119)).toBe('above');
  expect(sideOf(box, 120)).toBe('below');
});
