import { LabIcon } from '@jupyterlab/ui-components';

import connected from '../../style/icons/connected.svg';
import connectionProblem from '../../style/icons/connection-problem.svg';
import connections from '../../style/icons/connections.svg';
import graphql from '../../style/icons/graphql.svg';
import saveTo from '../../style/icons/save-to.svg';

function icon(name: string, svgstr: string): LabIcon {
  return new LabIcon({ name: `jupyterlab-datahub:${name}`, svgstr });
}

/** The icons of what has to do with stores. */
export const connectedIcon = icon('connected', connected);
export const connectionProblemIcon = icon(
  'connection-problem',
  connectionProblem
);
export const connectionsIcon = icon('connections', connections);
export const graphIcon = icon('graphql', graphql);
export const saveToIcon = icon('save-to', saveTo);
