"""What does a voucher order pay by itself?"""
