import { parseCheckoutAsk, parseCheckoutOptions } from '../../protocol/checkout-to-frame.js';
import { startForm } from '../start-form.js';
import { createCheckoutProgram } from './checkout-program.js';
import { loadCheckoutTexts } from './texts.js';

startForm(parseCheckoutOptions, loadCheckoutTexts, createCheckoutProgram, parseCheckoutAsk);
