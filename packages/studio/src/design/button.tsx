import type { ComponentProps } from 'react';
import { Icon, type IconName } from './icon.tsx';

interface ButtonProps extends ComponentProps<'button'> {
  /** Its style: the main button of a page, a quiet one, or one that deletes. */
  readonly look?: 'plain' | 'main' | 'quiet' | 'bad' | undefined;
  readonly small?: boolean | undefined;
  readonly icon?: IconName | undefined;
}

/** The CSS class of a button, also for links. */
export function buttonClass(look: NonNullable<ButtonProps['look']> = 'plain', small = false): string {
  const looks = { plain: '', main: 'button-main', quiet: 'button-quiet', bad: 'button-quiet button-bad' };
  return ['button', looks[look], small ? 'button-small' : ''].filter(Boolean).join(' ');
}

/** A button. Without a text it needs an `aria-label`. */
export function Button({ look, small, icon, children, className, ...rest }: ButtonProps) {
  return (
    <button type="button" className={`${buttonClass(look, small)} ${className ?? ''}`} {...rest}>
      {icon !== undefined && <Icon name={icon} />}
      {children}
    </button>
  );
}
