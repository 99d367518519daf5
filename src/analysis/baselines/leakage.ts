/** The alarm for a network that knows more than its input tells. Knows no network. */
import { bootstrapOverClasses, type Interval } from '../classification/bootstrap.ts';
import type { Classification } from '../classification/classify.ts';

export interface LeakageCheck {
  /** Network minus observer, accuracy per odour, with its interval over odours. */
  readonly excess: Interval;
  /** The network is better than the ideal observer beyond chance: labels or trials leak. */
  readonly alarm: boolean;
}

/** Compares the network with the ideal observer of the same trials, odour by odour. */
export function leakageCheck(network: Classification, observer: Classification, seed = 1): LeakageCheck {
  const excess = bootstrapOverClasses(
    network.perClass.map((of, c) => of.top1 - observer.perClass[c]!.top1),
    seed,
  );
  return { excess, alarm: excess.low > 0 };
}
