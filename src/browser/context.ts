import type { CommandRegistry } from '@lumino/commands';
import { createContext, useContext } from 'react';

import type { IDataHub } from '../tokens';

/** What all parts of the sidebar may use. */
export interface ISidebarContext {
  readonly hub: IDataHub;
  readonly commands: CommandRegistry;
  /** Do something that may fail; a failure is told to the user in words. */
  run(action: () => Promise<unknown>): void;
}

export const SidebarContext = createContext<ISidebarContext | null>(null);

/** The context of the sidebar this component is in. */
export function useSidebar(): ISidebarContext {
  const context = useContext(SidebarContext);
  if (!context) {
    throw new Error('a part of the sidebar is used outside of it');
  }
  return context;
}
