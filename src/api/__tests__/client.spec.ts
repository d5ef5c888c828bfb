import { CancelledError, DataHubError } from '../errors';
import { FakeServer, settle } from './server';

describe('DataHubClient', () => {
  it('asks below the base URL, with the whole identifier as one part of the path', async () => {
    const server = new FakeServer();
    void server.client.dataset('s3://bucket/a b.h5ad?versionId=1');
    await settle();
    const { origin, pathname } = server.next().url;
    expect(origin + pathname).toBe(
      'http://localhost/user/me/datahub/datasets/s3%3A%2F%2Fbucket%2Fa%20b.h5ad%3FversionId%3D1'
    );
  });

  it('sends no directory where the server is to choose one', async () => {
    const server = new FakeServer();
    void server.client.addTransfer({ ref: 'cellxgene:v1' });
    void server.client.addTransfer(
      { ref: 'cellxgene:v1', directory: 'project/data' },
      0.5
    );
    await settle();
    const [first, second] = server.pending;
    expect(first.route).toBe('POST transfers');
    expect(JSON.parse(first.body)).toEqual({ ref: 'cellxgene:v1' });
    expect(JSON.parse(second.body)).toEqual({
      ref: 'cellxgene:v1',
      directory: 'project/data',
      max_usd: 0.5
    });
  });

  it('gives the words of the server when it says no', async () => {
    const server = new FakeServer();
    const asked = server.client.library();
    await settle();
    await server.next().answer(
      {
        error: {
          code: 'busy',
          message: 'The host asks for patience.',
          source: 'cellxgene',
          hint: 'Wait a little.',
          retry_after: 12
        }
      },
      503
    );
    const error = await asked.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DataHubError);
    expect(error).toMatchObject({
      code: 'busy',
      message: 'The host asks for patience.',
      hint: 'Wait a little.',
      retryAfter: 12,
      status: 503
    });
  });

  it.each([
    [404, 'The server part of DataHub does not answer.'],
    [403, 'The Jupyter server did not accept who you are.'],
    [502, 'The Jupyter server failed with status 502.']
  ])(
    'has words for a page of a proxy with status %i',
    async (status, words) => {
      const server = new FakeServer();
      const asked = server.client.transfers();
      await settle();
      await server.next().answer('<html>no</html>', status);
      await expect(asked).rejects.toMatchObject({ message: words });
    }
  );

  it('tells a request that was called off from one that failed', async () => {
    const server = new FakeServer();
    const stop = new AbortController();
    const asked = server.client.search(new URLSearchParams(), stop.signal);
    await settle();
    stop.abort();
    await expect(asked).rejects.toBeInstanceOf(CancelledError);
  });

  it('says that the server does not answer when there is no connection', async () => {
    const server = new FakeServer();
    server.rule = () => {
      throw new TypeError('Failed to fetch');
    };
    await expect(server.client.sources()).rejects.toMatchObject({
      code: 'server_unreachable',
      details: 'Failed to fetch'
    });
  });
});
