import { JA } from '../texts/ja.js';
import { enhanceForm } from './enhance-form.js';

enhanceForm('ja', JA);
