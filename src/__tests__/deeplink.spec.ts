import { parseLink } from '../deeplink';

describe('a link to a dataset', () => {
  it('is read, and taken out of the address', () => {
    expect(
      parseLink({
        path: '/lab',
        search: '?datahub=cellxgene%3Av1&reset',
        hash: '#top'
      })
    ).toEqual({
      ref: 'cellxgene:v1',
      notebook: false,
      rest: '/lab?reset=#top'
    });
  });

  it('leaves nothing of the question where it was the only one', () => {
    expect(
      parseLink({ path: '/lab', search: '?datahub=folder:lab/a', hash: '' })
    ).toEqual({ ref: 'folder:lab/a', notebook: false, rest: '/lab' });
  });

  it('may ask for a notebook about it', () => {
    const search = '?datahub=openbis:bis.example.org/2026-1&notebook=new';
    expect(parseLink({ path: '/lab', search, hash: '' })).toEqual({
      ref: 'openbis:bis.example.org/2026-1',
      notebook: true,
      rest: '/lab'
    });
  });

  it.each([['?datahub='], ['?other=1'], ['']])('is none: %p', search => {
    expect(parseLink({ path: '/lab', search, hash: '' })).toBeNull();
  });
});
