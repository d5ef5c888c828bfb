import type { ReactElement, ReactNode } from 'react';

import { useSidebar } from '../browser/context';

interface IProps {
  readonly url: string;
  readonly className?: string;
  readonly children: ReactNode;
}

/** Whether an address that a catalog gave may be followed: the web, and nothing that runs. */
export function isWebUrl(url: string): boolean {
  return /^https?:\/\//i.test(url);
}

/** A link out of the application; plain text where the address is none of the web. */
export function ExternalLink(props: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const { url, className, children } = props;
  if (!isWebUrl(url)) {
    return <span className={className}>{children}</span>;
  }
  return (
    <a
      className={className}
      href={url}
      target="_blank"
      rel="noopener noreferrer"
      title={trans.__('%1 (opens in a new tab)', url)}
    >
      {children}
    </a>
  );
}
