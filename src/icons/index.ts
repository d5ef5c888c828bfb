import { LabIcon } from '@jupyterlab/ui-components';

import datahub from '../../style/icons/datahub.svg';
import load from '../../style/icons/load.svg';
import lock from '../../style/icons/lock.svg';
import newer from '../../style/icons/newer.svg';
import pause from '../../style/icons/pause.svg';
import resume from '../../style/icons/resume.svg';
import trash from '../../style/icons/trash.svg';

function icon(name: string, svgstr: string): LabIcon {
  return new LabIcon({ name: `jupyterlab-datahub:${name}`, svgstr });
}

export const dataHubIcon = icon('datahub', datahub);
export const loadIcon = icon('load', load);
export const lockIcon = icon('lock', lock);
export const newerIcon = icon('newer', newer);
export const pauseIcon = icon('pause', pause);
export const resumeIcon = icon('resume', resume);
export const trashIcon = icon('trash', trash);
