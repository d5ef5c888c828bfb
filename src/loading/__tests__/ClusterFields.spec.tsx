import { nullTranslator } from '@jupyterlab/translation';
import { fireEvent, render, screen } from '@testing-library/react';

import { ClusterFields } from '../ClusterFields';
import { mannerOf, WHERE_IT_IS, WHOLE } from '../manner';

const trans = nullTranslator.load('test');

describe('the cluster', () => {
  it('reads a copy unless it is told to read the file where it is', () => {
    const chosen: boolean[] = [];
    render(
      <ClusterFields
        cluster=""
        trans={trans}
        onCluster={() => undefined}
        here={false}
        onHere={here => chosen.push(here)}
      />
    );
    const where = screen.getByRole('combobox', {
      name: 'Where the file is read'
    });
    expect(where).toHaveProperty('value', 'copy');
    fireEvent.change(where, { target: { value: 'here' } });
    expect(chosen).toEqual([true]);
  });

  it('has no such choice of a file that is here', () => {
    render(
      <ClusterFields cluster="" trans={trans} onCluster={() => undefined} />
    );
    expect(
      screen.queryByRole('combobox', { name: 'Where the file is read' })
    ).toBeNull();
  });
});

describe('what is kept of a manner', () => {
  it('says where the file is read', () => {
    expect(mannerOf('dask', '', null, true)).toEqual({
      way: 'dask',
      cluster: '',
      here: true
    });
    expect(mannerOf('whole', '', null, true)).toEqual(WHERE_IT_IS);
    expect(mannerOf('whole', '', null, false)).toEqual(WHOLE);
  });
});
