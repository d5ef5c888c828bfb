import { CommandRegistry } from '@lumino/commands';
import { render, type RenderResult } from '@testing-library/react';
import type { ReactElement, ReactNode } from 'react';

import { trans } from '../../api/__tests__/server';
import type { DataHubClient } from '../../api/client';
import { ConnectionsModel } from '../../connections/model';
import { LibraryModel } from '../../library/model';
import type { IDataHub } from '../../tokens';
import { TransfersModel } from '../../transfers/model';
import { SidebarContext, type ISidebarContext } from '../context';

/** What a part of the sidebar asked for: the names of actions and their arguments. */
export type Calls = [string, ...unknown[]][];

/** The sidebar's surroundings, which note what is asked of them. */
export class Stage {
  constructor(client: DataHubClient) {
    const note =
      (name: string) =>
      (...args: unknown[]): Promise<null> => {
        this.calls.push([name, ...args]);
        return Promise.resolve(null);
      };
    this.hub = {
      client,
      trans,
      transfers: new TransfersModel(client),
      library: new LibraryModel(client),
      connections: new ConnectionsModel(client),
      notifyWhenDone: true,
      downloadDirectory: '',
      pay: (_, begin) => begin(),
      openDataset: ref => {
        this.calls.push(['openDataset', ref]);
      },
      load: async (ref, title, ...layer) => {
        await note('load')(ref, title, ...layer);
      },
      download: async (ref, options) => note('download')(ref, options),
      downloadFolder: async (ref, title) => note('downloadFolder')(ref, title),
      downloadAll: async wanted => {
        await note('downloadAll')(wanted.map(({ ref }) => ref));
        return true;
      },
      downloadGroup: async (name, wanted, dataset) =>
        note('downloadGroup')(
          name,
          wanted.map(({ ref }) => ref),
          dataset
        )
    };
    this.context = {
      hub: this.hub,
      commands: new CommandRegistry(),
      run: action => {
        void action();
      }
    };
  }

  readonly hub: IDataHub;
  readonly context: ISidebarContext;
  readonly calls: Calls = [];

  render(element: ReactElement): RenderResult {
    return render(element, {
      wrapper: ({ children }: { children?: ReactNode }) => (
        <SidebarContext.Provider value={this.context}>
          {children}
        </SidebarContext.Provider>
      )
    });
  }
}
