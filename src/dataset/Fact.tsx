import type { ReactElement, ReactNode } from 'react';

/** One line of a list of facts, nothing where there is nothing to say. */
export function Fact({
  title,
  children
}: {
  readonly title: string;
  readonly children: ReactNode;
}): ReactElement | null {
  return children ? (
    <div>
      <dt>{title}</dt>
      <dd>{children}</dd>
    </div>
  ) : null;
}
