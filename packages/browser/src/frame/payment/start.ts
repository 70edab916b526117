import { parsePaymentOptions } from '../../protocol/payment-options.js';
import { startForm } from '../start-form.js';
import { createPaymentProgram } from './payment-program.js';
import { loadPaymentTexts } from './texts.js';

startForm(parsePaymentOptions, loadPaymentTexts, createPaymentProgram);
