import { useState } from 'react';
import { Slider } from '../../design/slider.tsx';

/** A choice among steps of a training, of which more come: the newest one until the person chooses another. */
export interface ChosenStep {
  /** Index of the chosen step; -1 while there is none. */
  readonly index: number;
  /** Chooses a step. Who chooses the last one follows the newest again. */
  readonly choose: (index: number) => void;
}

/** The choice among a number of steps. @param count their number now */
export function useNewest(count: number): ChosenStep {
  const [chosen, setChosen] = useState<number>(); // undefined: always the newest
  return {
    index: Math.min(chosen ?? count - 1, count - 1),
    choose: (index) => setChosen(index === count - 1 ? undefined : index),
  };
}

interface NewestSliderProps extends ChosenStep {
  readonly label: string;
  /** What screen readers say of the chosen step. */
  readonly valueText: string | undefined;
  readonly count: number;
}

/** A slider over the steps; nothing while there is only one. */
export function NewestSlider({ label, valueText, count, index, choose }: NewestSliderProps) {
  if (count < 2) return null;
  return (
    <Slider
      label={label}
      valueText={valueText}
      min={0}
      max={count - 1}
      step={1}
      value={index}
      onChange={choose}
    />
  );
}
