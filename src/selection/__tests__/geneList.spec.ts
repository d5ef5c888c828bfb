import { commandOf } from '../command';
import { genesOf, isList, withGenes } from '../geneList';

describe('genes that are pasted', () => {
  it('are parted by whatever stands between them', () => {
    expect(genesOf(` CD3D, MS4A1\tSu(H)\n["ENSG00000139618",'CD3D'];`)).toEqual(
      {
        genes: ['CD3D', 'MS4A1', 'Su(H)', 'ENSG00000139618'],
        doubled: ['CD3D']
      }
    );
    expect(genesOf(' ,\n')).toEqual({ genes: [], doubled: [] });
    expect([isList('CD3'), isList('CD3 '), isList('CD3,CD4')]).toEqual([
      false,
      false,
      true
    ]);
  });

  it('may be ten thousand', () => {
    const text = Array.from({ length: 10_000 }, (_, gene) => `G${gene}`);
    expect(genesOf(text.join('\n')).genes).toHaveLength(10_000);
  });

  it('are added once, and named where they were there', () => {
    expect(withGenes(['A', 'B'], genesOf('B C'))).toEqual({
      genes: ['A', 'B', 'C'],
      doubled: ['B']
    });
  });
});

describe('the command of a selection', () => {
  it('is one that a shell reads', () => {
    expect(
      commandOf('folder:a/b c.h5ad', {
        where: "cell_type == 'B cell'",
        genes: ['CD3D', 'MS4A1'],
        layer: 'raw',
        symbols: true
      })
    ).toBe(
      `jupyter datahub get 'folder:a/b c.h5ad' --where 'cell_type == '\\''B cell'\\''' --genes CD3D,MS4A1 --layer raw --symbols`
    );
    const many = Array.from({ length: 201 }, (_, n) => `ENSG${n}`);
    const wanted = { where: '', genes: many, layer: '', symbols: false };
    expect(commandOf('cellxgene:v1', wanted)).toBe(
      'jupyter datahub get cellxgene:v1 --genes @genes.txt'
    );
    const nothing = { where: '', genes: [], layer: '', symbols: false };
    expect(commandOf('cellxgene:v1', nothing)).toBe(
      'jupyter datahub get cellxgene:v1'
    );
  });
});
